import type {ManifestTable} from '@broadside/ledger'
import {sha256} from '@broadside/revision'
import {createUrls} from '@broadside/site'
import {objectKey, type Publisher} from './publisher.ts'

/** The SHA-256 of what readers get for an entry of the manifest, or what they get instead; undefined for nothing. */
type Read = (entry: ManifestTable) => Promise<string | undefined>

/** Reads at the site's public URL, past what caches in between keep where they listen to us. */
export async function publicReader({deps, options}: Publisher, site: string): Promise<Read> {
  const row = await deps.ledger.db
    .selectFrom('sites')
    .select('site_url')
    .where('name', '=', site)
    .executeTakeFirstOrThrow()
  const urls = createUrls(row.site_url)
  return async ({address, headers}) => {
    try {
      const answer = await fetch(urls.absolute(address), {
        redirect: 'manual',
        headers: {'cache-control': 'no-cache'},
        signal: AbortSignal.timeout(options.callMs),
      })
      if (answer.status !== 200 && answer.status !== statusOf(headers)) return `status ${answer.status}`
      return sha256(new Uint8Array(await answer.arrayBuffer()))
    } catch (error) {
      return `no answer (${error instanceof Error ? error.message : String(error)})`
    }
  }
}

/** A post that has left answers 410 where its server can say so. */
function statusOf(headers: string): number | undefined {
  return (JSON.parse(headers) as {status?: number}).status
}

/** Reads from the objects. */
export function objectReader({deps, options}: Publisher, site: string): Read {
  return async ({key}) => {
    const found = await deps.objects.get(objectKey(site, key), {signal: AbortSignal.timeout(options.callMs)})
    return found === undefined ? undefined : sha256(found.body)
  }
}
