import {defaultSettings, parseSettings} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import type {Placing} from './candidate.ts'
import {maxSettingsBytes} from './read-site-files.ts'

/** What settings do not say is by default their site's name, which neither permalink nor time zone has. */
const nameless = ''

/**
 * The permalink and the time zone that the site's settings name, commit by commit, from `before`, what held until the
 * first commit of the way. Takes what a commit did to `broadside.yaml` and gives what holds from it on: the same object
 * where nothing has changed. Settings that cannot be taken change nothing; a file is read once, however often it returns.
 */
export function followSettings(mirror: Mirror, before: Placing): (change: Change | undefined) => Promise<Placing> {
  let current = before
  const known = new Map<string, Placing | undefined>()

  async function read({kind, oid}: Change): Promise<Placing | undefined> {
    if (kind === 'delete') return defaultSettings(nameless)
    if (known.has(oid)) return known.get(oid)
    const placing = await parse(oid)
    known.set(oid, placing)
    return placing
  }

  async function parse(oid: string): Promise<Placing | undefined> {
    try {
      const bytes = await mirror.readBlob(oid, {maxBytes: maxSettingsBytes})
      return parseSettings('broadside.yaml', bytes, nameless).settings
    } catch (error) {
      if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
      return undefined
    }
  }

  return async (change) => {
    const next = change === undefined ? undefined : await read(change)
    if (next !== undefined && !samePlacing(next, current)) {
      current = {permalink: next.permalink, timezone: next.timezone}
    }
    return current
  }
}

/** Whether posts are in the same places, from the same moments on. */
export function samePlacing(a: Placing, b: Placing): boolean {
  return a.permalink === b.permalink && a.timezone === b.timezone
}
