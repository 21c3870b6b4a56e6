// Validates by JSON Schema with ajv.
import { Ajv } from "ajv";

const ajv = new Ajv({ strict: false, allErrors: true });

export function isSchema(schema: unknown): boolean {
  return isObject(schema) && ajv.validateSchema(schema) === true;
}

/** The function gives `path message` of each fault of a value. */
export function compileSchema(schema: unknown): (value: unknown) => string[] {
  if (!isObject(schema)) throw new TypeError("no schema");
  const validate = ajv.compile(schema);
  return (value) => {
    // Plain objects, as ajv wants them.
    validate(JSON.parse(JSON.stringify(value)));
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = params["additionalProperty"];
      return `${instancePath} ${message}${typeof extra === "string" ? `: ${extra}` : ""}`;
    });
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
