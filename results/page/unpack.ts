/** The run out of the page's data element: base64 of raw deflate of JSON. */
import type { PageData } from '../report/page-data.ts'

export async function unpacked(base64: string): Promise<PageData> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return await new Response(stream).json()
}
