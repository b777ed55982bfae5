import {BroadsideError} from '@broadside/runtime'
import {deadlineError} from './check-deadline.ts'
import type {CallOptions, Objects} from './objects.ts'

/**
 * Several places as one: what lies below `sites/<site>/` and `private/<site>/` is in the place that `openOf` gives for
 * the site, or in `common` where it gives none. A site's place is opened with the first call for it and kept; one that
 * cannot be opened fails that site's calls alone, each of which tries again. A call never touches another site's place.
 *
 * No conditions on puts: what one place honours, another may not. Throws what the adapters and `openOf` throw, and
 * `objects.key` (invalid) for a list whose prefix names no site.
 */
export function objectsBySite(common: Objects, openOf: (site: string) => Promise<Objects> | undefined): Objects {
  const opened = new Map<string, Promise<Objects>>()

  function placeOf(site: string | undefined): Promise<Objects> {
    if (site === undefined) return Promise.resolve(common)
    const known = opened.get(site)
    if (known !== undefined) return known
    const opening = openOf(site)
    if (opening === undefined) return Promise.resolve(common)
    opened.set(site, opening)
    opening.catch(() => opened.delete(site))
    return opening
  }

  async function at<Result>(
    key: string,
    options: CallOptions | undefined,
    work: (objects: Objects) => Promise<Result>,
  ): Promise<Result> {
    return work(await before(options?.signal, key, placeOf(siteOf(key))))
  }

  return {
    capabilities: {conditionalPut: false},
    put(key, body, headers, {ifMatch: _ifMatch, ifNoneMatch: _ifNoneMatch, ...options} = {}) {
      return at(key, options, (objects) => objects.put(key, body, headers, options))
    },
    get: (key, options) => at(key, options, (objects) => objects.get(key, options)),
    head: (key, options) => at(key, options, (objects) => objects.head(key, options)),
    async delete(keys, options) {
      for (const group of Map.groupBy(keys, siteOf).values()) {
        await at(group[0] as string, options, (objects) => objects.delete(group, options))
      }
    },
    async *list(prefix, options) {
      const site = siteOf(prefix)
      if (site === undefined) throw overSeveral(prefix)
      yield* (await before(options?.signal, prefix, placeOf(site))).list(prefix, options)
    },
    describe: () => `${common.describe()}, and places of single sites`,
    async close() {
      const places = await Promise.allSettled(opened.values())
      for (const place of places) if (place.status === 'fulfilled') await place.value.close()
      await common.close()
    },
  }
}

/** `notes` of `sites/notes/index.html`; undefined where a key names no site. */
function siteOf(key: string): string | undefined {
  return /^(?:sites|private)\/([^/]+)\//.exec(key)?.[1]
}

function overSeveral(prefix: string): BroadsideError {
  const message = `A list of ${JSON.stringify(prefix)} would be over the places of several sites`
  return new BroadsideError('invalid', 'objects.key', message, {hint: 'List one site after the other: sites/<site>/'})
}

/** A place that takes long to open holds a call up no longer than the call may take. */
async function before<Value>(signal: AbortSignal | undefined, key: string, value: Promise<Value>): Promise<Value> {
  if (signal === undefined) return value
  const late = Promise.withResolvers<never>()
  const onAbort = () => late.reject(deadlineError(`reach the place of ${key}`))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([value, late.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
