import {parseRedirects, type Diagnostic, type Redirect} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import type {AcceptOptions} from './accept-revision.ts'
import {judgeImage} from './judge-image.ts'
import {sha256} from './sha256.ts'

export type AssetChange = {path: string; hash: string; size: number} | {path: string; hash: undefined}

/** The largest image or other file that is published, bytes. */
export const maxAssetBytes = 100_000_000

/** Files that are read at once: each may be large. */
const filesAtOnce = 4

/**
 * Keeps each file that was written under its hash, and what it is where it is an image. One that is too large, a danger,
 * or not there but by a pointer is none, and its author is told.
 */
export async function readAssets(
  options: Pick<AcceptOptions, 'ledger' | 'mirror' | 'keepBinary' | 'images'>,
  touched: ReadonlyMap<string, string | undefined>,
  diagnostics: Diagnostic[],
): Promise<AssetChange[]> {
  const changes: AssetChange[] = []
  const files = [...touched]
  for (let from = 0; from < files.length; from += filesAtOnce) {
    const some = files.slice(from, from + filesAtOnce).map(async ([path, oid]) => readChange(options, path, oid))
    for (const {change, told} of await Promise.all(some)) {
      changes.push(change)
      diagnostics.push(...told)
    }
  }
  return changes
}

async function readChange(
  {ledger, mirror, keepBinary, images}: Parameters<typeof readAssets>[0],
  path: string,
  oid: string | undefined,
): Promise<{change: AssetChange; told: Diagnostic[]}> {
  const told: Diagnostic[] = []
  const bytes = oid === undefined ? undefined : await readAsset(mirror, path, oid, told)
  if (bytes === undefined) return {change: {path, hash: undefined}, told}
  if (isPointer(bytes)) return {change: {path, hash: undefined}, told: [pointer(path)]}
  const hash = sha256(bytes)
  const judged = await judgeImage({db: ledger.db, images}, {path, hash, bytes})
  if (judged.isDangerous) return {change: {path, hash: undefined}, told: judged.diagnostics}
  await keepBinary(hash, bytes)
  return {change: {path, hash, size: bytes.byteLength}, told: judged.diagnostics}
}

async function readAsset(mirror: Mirror, path: string, oid: string, diagnostics: Diagnostic[]) {
  try {
    return await mirror.readBlob(oid, {maxBytes: maxAssetBytes})
  } catch (error) {
    if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
    diagnostics.push({
      severity: 'error',
      code: 'file.too-large',
      file: path,
      message: `the file is larger than ${maxAssetBytes / 1_000_000} MB`,
      cure: 'Make it smaller, or host it elsewhere and link to it',
    })
    return undefined
  }
}

const pointerStart = Buffer.from('version https://git-lfs.github.com/spec/v1\n')

/** Git LFS keeps a few lines in the place of a file, and fetches the file by a filter, which is never run here. */
function isPointer(bytes: Uint8Array): boolean {
  return bytes.length < 1_024 && pointerStart.equals(bytes.subarray(0, pointerStart.length))
}

function pointer(file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'file.lfs',
    file,
    message: 'it is a pointer of Git LFS, and the file itself is not in the repository',
    cure: 'Commit the file itself: git lfs untrack, then git add --renormalize',
  }
}

export async function readRedirects(mirror: Mirror, commit: string, diagnostics: Diagnostic[]): Promise<Redirect[]> {
  const bytes = await mirror.readFile(commit, 'redirects.yaml')
  if (bytes === undefined) return []
  const parsed = parseRedirects('redirects.yaml', bytes)
  diagnostics.push(...parsed.diagnostics)
  return parsed.redirects
}
