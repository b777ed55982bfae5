import {BroadsideError} from '@broadside/runtime'

/** S3's limit, in bytes of UTF-8. */
const maxKeyBytes = 1024

/**
 * Throws `objects.key` (invalid) unless the key is a plain relative path: no empty, `.` or `..` segment, no backslash,
 * no control character, at most 1,024 bytes. So it cannot leave its root on disk, and means the same in every store.
 */
export function checkKey(key: string): void {
  const fault = faultOf(key)
  if (fault === undefined) return
  throw new BroadsideError('invalid', 'objects.key', `The key ${JSON.stringify(key.slice(0, 200))} ${fault}`, {
    hint: 'Keys are relative paths with forward slashes, such as posts/hello/index.html.',
  })
}

function faultOf(key: string): string | undefined {
  if (key === '') return 'is empty'
  if (Buffer.byteLength(key) > maxKeyBytes) return `is longer than ${maxKeyBytes} bytes`
  if (!key.isWellFormed()) return 'is not well-formed Unicode'
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F\\]/.test(key)) return 'holds a control character or a backslash'
  const segments = key.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'holds an empty segment, or one that leads elsewhere'
  }
  return undefined
}
