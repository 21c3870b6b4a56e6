// The model as a path segment of Azure's and Gemini's URLs: found, and replaced.

export interface PathModel {
  readonly model: string;
  /** The path with another model in its place. */
  replace(model: string): string;
}

const AZURE =
  /^(\/+openai\/deployments\/)(.+?)(\/(?:chat\/completions|completions|embeddings|images|audio|extensions|responses)(?:\/.*)?)$/;
const GEMINI = /^(\/+(?:v\d+[a-z]*\d*\/)?(?:tunedModels|models)\/)([^:]+)(:[A-Za-z]+)$/;

/** null: the path names no model. `path` is without query. */
export function readPathModel(path: string): PathModel | null {
  const match = AZURE.exec(path) ?? GEMINI.exec(path);
  const [, before = "", raw = "", after = ""] = match ?? [];
  if (match === null) return null;
  try {
    const model = decodeURIComponent(raw);
    return { model, replace: (other) => before + encodePath(other) + after };
  } catch {
    return null; // no valid percent-encoding
  }
}

/** A model's slashes stay slashes. */
function encodePath(model: string): string {
  return model.split("/").map(encodeURIComponent).join("/");
}
