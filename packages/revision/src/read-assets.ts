import {parseRedirects, type Diagnostic, type Redirect} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import type {AcceptOptions} from './accept-revision.ts'
import {sha256} from './sha256.ts'

export type AssetChange = {path: string; hash: string; size: number} | {path: string; hash: undefined}

/** The largest image or other file that is published, bytes. */
export const maxAssetBytes = 100_000_000

/** Keeps each file that was written under its hash. One that is too large is none, and its author is told. */
export async function readAssets(
  {mirror, keepBinary}: Pick<AcceptOptions, 'mirror' | 'keepBinary'>,
  touched: ReadonlyMap<string, string | undefined>,
  diagnostics: Diagnostic[],
): Promise<AssetChange[]> {
  const changes: AssetChange[] = []
  for (const [path, oid] of touched) {
    const bytes = oid === undefined ? undefined : await readAsset(mirror, path, oid, diagnostics)
    if (bytes === undefined) {
      changes.push({path, hash: undefined})
      continue
    }
    const hash = sha256(bytes)
    await keepBinary(hash, bytes)
    changes.push({path, hash, size: bytes.byteLength})
  }
  return changes
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

export async function readRedirects(mirror: Mirror, commit: string, diagnostics: Diagnostic[]): Promise<Redirect[]> {
  const bytes = await mirror.readFile(commit, 'redirects.yaml')
  if (bytes === undefined) return []
  const parsed = parseRedirects('redirects.yaml', bytes)
  diagnostics.push(...parsed.diagnostics)
  return parsed.redirects
}
