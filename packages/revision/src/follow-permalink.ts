import {defaultSettings, parseSettings} from '@broadside/content'
import type {Change, Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import {maxSettingsBytes} from './read-site-files.ts'

/** The permalink that the site's settings name, commit by commit. */
export type Permalink = {
  /** The one that holds now. */
  current: () => string
  /** Takes what a commit did to `broadside.yaml`; true when posts have other addresses from it on. */
  follow: (change: Change | undefined) => Promise<boolean>
}

/** What settings do not say is by default their site's name, which no permalink has. */
const nameless = ''

/** Follows the permalink from `before`, what held until the first commit of the way. Settings that cannot be taken change nothing. */
export function followPermalink(mirror: Mirror, before: string): Permalink {
  let current = before

  async function read({kind, oid}: Change): Promise<string | undefined> {
    if (kind === 'delete') return defaultSettings(nameless).permalink
    try {
      const bytes = await mirror.readBlob(oid, {maxBytes: maxSettingsBytes})
      return parseSettings('broadside.yaml', bytes, nameless).settings?.permalink
    } catch (error) {
      if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
      return undefined
    }
  }

  return {
    current: () => current,
    async follow(change) {
      const next = change === undefined ? current : ((await read(change)) ?? current)
      const isOther = next !== current
      current = next
      return isOther
    },
  }
}
