import {doubtSearchFiles, outdateSearchIndex, searchFilesOf, searchIndexOf} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {entryName, searchEntry, type SearchSegment} from '@broadside/search'
import {searchFile} from '@broadside/site'
import {objectKey, type Publisher} from './publisher.ts'

export type SearchFault = {fault: 'missing' | 'altered'; name: string}

/**
 * Compares the files of a site's search index with their names, which say what is in them, and its entry with the
 * ledger. With `repair` the index is marked as out of date, and is made and put again where files are at fault.
 */
export async function verifySearch(
  {deps, options}: Publisher,
  site: string,
  repair: boolean,
): Promise<{checked: number; faults: SearchFault[]}> {
  const {db} = deps.ledger
  const {segments} = await searchIndexOf(db, site)
  const named = (JSON.parse(segments) as [string, SearchSegment][]).map(([, segment]) => segment)
  const names = [...new Set(named.flatMap(({terms, files}) => [...terms, ...files]))]
  const known = await searchFilesOf(db, site)
  const faults: SearchFault[] = []
  const wanted = named.length === 0 ? [] : [...names, entryName]
  for (const name of wanted.filter((name) => known.get(name) === 'live')) {
    const key = objectKey(site, searchFile({name, body: ''}).key)
    const found = await deps.objects.get(key, {signal: AbortSignal.timeout(options.callMs)})
    if (found === undefined) faults.push({fault: 'missing', name})
    else if (!isAsNamed(name, found.body, named)) faults.push({fault: 'altered', name})
  }
  if (repair && faults.length > 0) {
    await deps.ledger.transaction(async (db) => {
      await doubtSearchFiles(
        db,
        site,
        faults.map(({name}) => name),
      )
      await outdateSearchIndex(db, site)
    })
  }
  return {checked: wanted.length, faults}
}

function isAsNamed(name: string, body: Uint8Array, segments: SearchSegment[]): boolean {
  if (name === entryName) return Buffer.from(body).toString() === searchEntry(segments).body
  return `${sha256(body).slice(0, 16)}.json` === name
}
