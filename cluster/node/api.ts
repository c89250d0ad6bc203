/** The client API of a node as data: what comes in over HTTP and what goes out, without HTTP. */

/** `body` is the parsed JSON, `undefined` without one. `path` is decoded by the handler, not before. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

export interface ApiAnswer {
  readonly status: number
  /** JSON. */
  readonly body: Readonly<Record<string, unknown>>
}
