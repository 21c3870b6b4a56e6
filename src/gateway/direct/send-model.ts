// Rewrites a request so that its upstream is asked for another model: in the body, or in the path.
import type { Upstream } from "../../core/upstream.ts";
import { FormScan } from "./form-scan.ts";
import { peekModelSpan } from "./model-span.ts";
import type { ModelSpan } from "./model-splice.ts";
import { formModel, jsonModel, spliceModel } from "./model-splice.ts";
import { rewriteUpstream } from "./rewrite-upstream.ts";

/** Only the bytes of the value change; a body without one goes as it is. `boundary` null: JSON. */
export function sendBodyModel(
  upstream: Upstream,
  model: string,
  boundary: string | null,
): Upstream {
  const replacement = boundary === null ? jsonModel(model) : formModel(model);
  return rewriteUpstream(upstream, (outgoing) => {
    const { body: taken } = outgoing;
    const span =
      boundary === null
        ? peekModelSpan(taken)
        : peekModelSpan(taken, (bytes) => findFormSpan(bytes, boundary));
    if (span === null) return outgoing;
    const { body, change } = spliceModel(outgoing.body, span, replacement);
    const { bodyLength } = outgoing.head;
    const head = { ...outgoing.head, bodyLength: bodyLength === null ? null : bodyLength + change };
    return { ...outgoing, head, body };
  });
}

function findFormSpan(form: Buffer, boundary: string): ModelSpan | null {
  const scan = new FormScan(boundary);
  scan.push(form);
  return scan.span;
}
