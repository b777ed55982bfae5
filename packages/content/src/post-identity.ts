import {createHash} from 'node:crypto'

/** Namespace of Broadside's sites. Feed ids hang on it: it never changes. */
const namespace = '60ca7795-db62-430a-b529-4bdbef77f436'

/**
 * Id of a post that chose none. `n` counts the earlier posts that were born at the same path and have since moved away,
 * so that a post which is removed and added again at its path is the same post, and one that takes the place of a moved
 * one is not. 32 hexadecimal digits.
 */
export function derivePostId(birthPath: string, n: number): string {
  return createHash('sha256').update(`${birthPath}\0${n}`).digest().toString('hex', 0, 16)
}

/** Id of a post in feeds, `urn:uuid:` and a UUID of version 5; it depends on no address, date or title. */
export function feedUrn(siteId: string, postId: string): string {
  return `urn:uuid:${uuidV5(uuidV5(namespace, siteId), postId)}`
}

/** RFC 9562, section 5.5: SHA-1 over the namespace's bytes and the name, with version and variant set. */
export function uuidV5(namespaceUuid: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespaceUuid.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
