import {BroadsideError} from '@broadside/runtime'
import type {ErrorKind} from '@broadside/runtime'

type Cure = [kind: ErrorKind, code: string, hint: string]

const full: Cure = [
  'transient',
  'objects.full',
  'Free some space on that disk, or raise the quota; the work goes on by itself.',
]
const denied: Cure = [
  'invalid',
  'objects.denied',
  'Let the user that Broadside runs as write to that folder, or choose another in OBJECTS_URL.',
]
const conflict: Cure = [
  'invalid',
  'objects.key-conflict',
  'A file and a folder cannot share a name on disk: rename one of the two.',
]
const busy: Cure = ['transient', 'objects.busy', 'Raise the limit of open files (ulimit -n).']
const tooLong: Cure = ['invalid', 'objects.key', 'File systems allow 255 bytes for each part of a path.']

const cures: Record<string, Cure> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: denied,
  EPERM: denied,
  EROFS: denied,
  ENOTDIR: conflict,
  EISDIR: conflict,
  EEXIST: conflict,
  ENOTEMPTY: conflict,
  EMFILE: busy,
  ENFILE: busy,
  ENAMETOOLONG: tooLong,
}

/** What an error of the file system means for us; ours are passed through, unknown ones are transient `objects.failed`. */
export function explainFileError(error: unknown, what: string): BroadsideError {
  if (error instanceof BroadsideError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const [kind, name, hint] = cures[code] ?? ['transient', 'objects.failed', 'Look at the disk and its logs.']
  return new BroadsideError(kind, name, `Could not ${what} (${code || 'unknown error'})`, {
    hint,
    cause: error,
    details: {errno: code},
  })
}
