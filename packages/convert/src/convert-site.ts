import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {ForeignSettings, ReadSite} from './foreign-site.ts'
import {openExport} from './open-export.ts'
import {readAstro} from './read-astro.ts'
import {readButtondown} from './read-buttondown.ts'
import {readEleventy} from './read-eleventy.ts'
import {readGhost} from './read-ghost.ts'
import {readHugo} from './read-hugo.ts'
import {readJekyll} from './read-jekyll.ts'
import {readSubstack} from './read-substack.ts'
import {readWordpress} from './read-wordpress.ts'
import {writeSite, type Conversion} from './write-site.ts'

const readers = {
  jekyll: readJekyll,
  hugo: readHugo,
  astro: readAstro,
  eleventy: readEleventy,
  ghost: readGhost,
  substack: readSubstack,
  wordpress: readWordpress,
  buttondown: readButtondown,
} satisfies Record<string, ReadSite>

export type ForeignTool = keyof typeof readers

export const foreignTools = Object.keys(readers) as ForeignTool[]

export type ConvertOptions = {
  tool: ForeignTool
  /** Folder, file or zip of the old site. */
  from: string
  /** Empty folder of the new one. */
  dir: string
  url?: string | undefined
  defaults: ForeignSettings
}

/**
 * Converts a site or export of another tool into a site's repository. What stands in `dir` when it throws is unfinished.
 * `defaults` are for what the old site does not say, or says in a way that nobody can follow.
 * @throws BroadsideError `convert.source` (invalid) when there is nothing to read.
 */
export async function convertSite({tool, from, dir, url, defaults}: ConvertOptions): Promise<Conversion> {
  const scratch = await mkdtemp(join(tmpdir(), 'broadside-convert-'))
  try {
    const files = await openExport(from, scratch)
    return await writeSite(readers[tool](files, {url, timezone: defaults.timezone}), {dir, files, defaults})
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
}
