// How an exchange with an upstream fails: before anything was sent, or after.

/** Nothing of the request left this process: another lease may carry it. */
export class UpstreamUnreached extends Error {
  override readonly name = "UpstreamUnreached";
}

/** The upstream ended or broke the connection while it had the request. */
export class UpstreamBroken extends Error {
  override readonly name = "UpstreamBroken";
}
