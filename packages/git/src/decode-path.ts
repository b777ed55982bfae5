import {isUtf8} from 'node:buffer'

/** Path as text; bytes that are not UTF-8 become U+FFFD and set the flag, so that nobody takes it for the real name. */
export function decodePath(bytes: Buffer): {path: string; notUtf8?: true} {
  const path = bytes.toString('utf8')
  return isUtf8(bytes) ? {path} : {path, notUtf8: true}
}
