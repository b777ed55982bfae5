/** What a path of a site's repository is to Broadside. */
export type PathKind =
  | 'settings'
  | 'post'
  | 'page'
  | 'asset'
  /** Beside a post or page, for example its images. */
  | 'post-asset'
  | 'theme'
  | 'redirects'
  | 'ignored'

/**
 * Judges a path by its name alone: `broadside.yaml`, `redirects.yaml`, Markdown under `posts/` and `pages/`, other
 * files beside it, `assets/`, `theme/`. Everything else is ignored, and so is whatever starts with a dot.
 */
export function kindOfPath(path: string): PathKind {
  if (path === 'broadside.yaml') return 'settings'
  if (path === 'redirects.yaml') return 'redirects'
  const parts = path.split('/')
  if (parts.length < 2 || parts.some((part) => part === '' || part.startsWith('.'))) return 'ignored'
  const isMarkdown = /\.(?:md|markdown)$/i.test(path)
  switch (parts[0]) {
    case 'posts':
      return isMarkdown ? 'post' : 'post-asset'
    case 'pages':
      return isMarkdown ? 'page' : 'post-asset'
    case 'assets':
      return 'asset'
    case 'theme':
      return 'theme'
    default:
      return 'ignored'
  }
}

const maxPathBytes = 700
const maxPartBytes = 255

/** Bidirectional overrides can make a name read as another one; U+FFFD stands for bytes that were not UTF-8. */
const unsafeCharacter = /[\p{Cc}\p{Zl}\p{Zp}\\:\u202A-\u202E\u2066-\u2069\uFFFD]/u
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

/** `.git` also by the names under which macOS and Windows would open it. */
const gitFolder = /^(?:\.git|git~[0-9]+)[. ]*$/i

/**
 * Whether a path of a tree may become a key or a file name: relative, no `..`, backslash, colon or control character,
 * no `.git`, no device name, no part that ends in a dot or space, at most 700 bytes.
 */
export function isSafePath(path: string): boolean {
  if (path === '' || Buffer.byteLength(path) > maxPathBytes) return false
  if (!path.isWellFormed() || unsafeCharacter.test(path)) return false
  return path.split('/').every((part) => {
    if (part === '' || Buffer.byteLength(part) > maxPartBytes) return false
    if (/^\.+$/.test(part) || /[. ]$/.test(part) || part.startsWith(' ')) return false
    return !deviceName.test(part) && !gitFolder.test(part.replaceAll(/\p{Cf}/gu, ''))
  })
}
