import {callApi} from './call-api.ts'
import type {Cdn} from './cdn.ts'
import {inBatches} from './in-batches.ts'

const atOnce = 8

/** Bunny: `POST /purge?url=…` for each URL, and a `*` at the end of the site's address for everything below it. */
export function createBunny({
  token,
  api = 'https://api.bunny.net',
  budget,
}: {
  token: string
  api?: string | undefined
  budget: number
}): Cdn {
  const purge = (url: string, signal: AbortSignal | undefined) =>
    callApi({
      what: `purge ${url} at Bunny`,
      // The answer waits until it is done, so that the proof that follows reads what is new.
      url: `${api}/purge?${new URLSearchParams({url, async: 'false'}).toString()}`,
      headers: {accesskey: token},
      signal,
    })
  return {
    budget,
    purgeUrls: (urls, {signal} = {}) =>
      inBatches(urls, atOnce, (batch) => Promise.all(batch.map((url) => purge(url, signal)))),
    async purgeBelow(siteUrl, {signal} = {}) {
      await purge(`${siteUrl}*`, signal)
    },
    describe: () => 'Bunny',
  }
}
