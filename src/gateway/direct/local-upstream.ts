// Answers by itself what no upstream needs to hear: 204 to Claude Code's telemetry.
import type {
  Exchange,
  Lease,
  RequestBody,
  RequestHead,
  ResponseSink,
  Upstream,
} from "../../core/upstream.ts";

const NOTHING: Exchange = { resume: () => {}, abort: () => {} };

const LEASE: Lease = {
  id: "local",
  send(_: RequestHead, body: RequestBody, sink: ResponseSink) {
    // Read to its end, so that the client's connection can go on.
    if (body !== null && !Buffer.isBuffer(body)) body.resume();
    sink.head({ status: 204, headers: [] });
    sink.end();
    return NOTHING;
  },
  release: () => {},
};

export const NO_CONTENT: Upstream = {
  id: "local",
  tryAcquire: () => LEASE,
  acquire: () => Promise.resolve(LEASE),
};
