import type {Diagnostic} from '@broadside/content'
import {openEnd, type Db} from '@broadside/ledger'
import {inChunks} from './in-chunks.ts'
import type {AssetChange} from './read-assets.ts'

/**
 * Tells of files under `assets/` that came and whose names differ from another's in case alone, or in how an accented
 * letter is composed. Both are published, for to us and to S3 they are two; macOS and Windows keep one of them, in an
 * author's working copy as well as in a folder that is served from there. Posts and pages need no such look: their
 * addresses have one spelling.
 */
export async function tellCase(db: Db, site: string, changes: AssetChange[]): Promise<Diagnostic[]> {
  const here = changes.filter(({path, hash}) => hash !== undefined && path.startsWith('assets/')).map(({path}) => path)
  const changed = new Set(changes.map(({path}) => path))
  const spellings = new Map<string, Set<string>>()
  const add = (path: string) => spellings.set(fold(path), (spellings.get(fold(path)) ?? new Set()).add(path))
  for (const path of here) add(path)
  for (const some of inChunks([...new Set(here.flatMap(inLedger))])) {
    const rows = await db
      .selectFrom('asset_versions')
      .select('path')
      .where('site', '=', site)
      .where((row) => row(row.fn<string>('lower', ['path']), 'in', some))
      .where('to_revision', '=', openEnd)
      .execute()
    for (const {path} of rows) if (!changed.has(path)) add(path)
  }
  return here.flatMap((path) => {
    const other = [...(spellings.get(fold(path)) ?? [])].toSorted().find((one) => one !== path)
    return other === undefined ? [] : [warning(path, other)]
  })
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

/** SQLite lowers the letters of ASCII alone; the accented ones are looked for in both of their forms. */
function inLedger(path: string): string[] {
  return [path, path.normalize('NFC'), path.normalize('NFD')].map((form) =>
    form.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  )
}

function warning(file: string, other: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'file.case',
    file,
    message: `its name differs from ${other} in case or accents alone`,
    cure: 'Rename one of the two: macOS and Windows take them for one file',
  }
}
