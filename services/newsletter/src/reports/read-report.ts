/** What a mail server reads of a mail, with whether that is more than it takes. */
export type MailStream = AsyncIterable<Uint8Array> & {sizeExceeded: boolean}

/**
 * The mail, or undefined when it is too large. Only a client that announces a size is told before its first byte that
 * it is too much. What another sends is read to its end, since an answer comes after that, and not kept: else whoever
 * likes to could fill the memory.
 */
export async function readReport(stream: MailStream): Promise<Buffer | undefined> {
  const kept: Uint8Array[] = []
  for await (const chunk of stream) {
    if (stream.sizeExceeded) kept.length = 0
    else kept.push(chunk)
  }
  return stream.sizeExceeded ? undefined : Buffer.concat(kept)
}
