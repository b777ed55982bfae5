/** One mail that left: of an edition or a letter, to one subscriber. */
export type MailReference = {kind: 'edition' | 'letter'; id: string; subscriber: string}

const kinds = ['edition', 'letter'] as const
const encodings = ['hex', 'base64url', 'latin1'] as const

/** The reference in as few bytes as its ids allow: how, the length of the first id, both ids. */
export function packReference({kind, id, subscriber}: MailReference): Uint8Array {
  const first = packId(id)
  const second = packId(subscriber)
  const how = kinds.indexOf(kind) | (first.encoding << 1) | (second.encoding << 3)
  return Buffer.concat([Uint8Array.of(how, first.bytes.length), first.bytes, second.bytes])
}

/** What `packReference` packed; undefined for other bytes. */
export function unpackReference(packed: Uint8Array): MailReference | undefined {
  const [how = 0, length = 0] = packed
  const kind = kinds[how & 1]
  const first = encodings[(how >> 1) & 3]
  const second = encodings[(how >> 3) & 3]
  if (kind === undefined || first === undefined || second === undefined || packed.length < 2 + length) return undefined
  const bytes = Buffer.from(packed)
  return {
    kind,
    id: bytes.subarray(2, 2 + length).toString(first),
    subscriber: bytes.subarray(2 + length).toString(second),
  }
}

/** The first encoding that gives the id back as it was. */
function packId(id: string): {encoding: number; bytes: Buffer} {
  const encoding = encodings.findIndex((one) => Buffer.from(id, one).toString(one) === id)
  return {encoding, bytes: Buffer.from(id, encodings[encoding])}
}
