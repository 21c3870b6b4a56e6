// Pieces of JSON Schema, draft 7: the newest that yaml-language-server knows in all its versions.

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly [keyword: string]: unknown;
}

export const TEXT: JsonSchema = { type: ["string", "null"] };
export const FLAG: JsonSchema = { type: ["boolean", "string", "null"] };
export const NUMBER: JsonSchema = { type: ["number", "string", "null"] };
/** One text alone is a list of one. */
export const TEXTS: JsonSchema = {
  type: ["array", "string", "null"],
  items: { type: ["string", "null"] },
};

/** Nothing but these keys. */
export function closed(properties: NonNullable<JsonSchema["properties"]>): JsonSchema {
  return { type: ["object", "null"], properties, additionalProperties: false };
}

/** One of these, or a reference that gives one. */
export function choice(...values: string[]): JsonSchema {
  return { anyOf: [{ enum: values }, { type: ["string", "null"], pattern: "\\$\\{|^$" }] };
}

/** Offered by editors; anything else is fine too. */
export function suggested(values: Iterable<string>): JsonSchema {
  return { anyOf: [{ enum: [...values] }, { type: "string" }] };
}

/** The same schema with keywords added to its mapping, whichever alternative that is. */
export function extendMapping(
  schema: JsonSchema | boolean | undefined,
  extend: (mapping: JsonSchema) => JsonSchema,
): JsonSchema {
  if (typeof schema !== "object") throw new Error("is no schema of a mapping");
  if (schema.type === "object") return extend(schema);
  if (!schema.anyOf) throw new Error(`is no mapping: ${JSON.stringify(schema)}`);
  return {
    ...schema,
    anyOf: schema.anyOf.map((each) => (each.type === "object" ? extend(each) : each)),
  };
}

/** Keys that are known but have no type of their own. */
export function withKnown(schema: JsonSchema, names: Iterable<string>): JsonSchema {
  const known = [...names].toSorted().map((name) => [name, true] as const);
  return { ...schema, properties: { ...Object.fromEntries(known), ...schema.properties } };
}
