import {defaultSettings, parseSettings, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import type {Db, RevisionsTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Placing} from './candidate.ts'
import {samePlacing} from './follow-settings.ts'
import {markdownOptions} from './markdown-options.ts'
import {readThemeFiles, themeProblem} from './read-theme.ts'
import {sha256} from './sha256.ts'

/** What a revision takes from the files that speak for the whole site. */
export type SiteFiles = {
  settings: SiteSettings
  /** Where posts were by the settings of the last revision; before the first one, by those of a site without any. */
  placingBefore: Placing
  /** Canonical JSON, and the hash the ledger keeps it under. */
  settingsText: string
  settingsHash: string
  settingsChanged: boolean
  datesOrAddressesChanged: boolean
  markdownChanged: boolean
  themeText: string
  themeHash: string
  /** Reads `theme/` of the commit; until then the last revision's is given. */
  readTheme: () => Promise<void>
  diagnostics: Diagnostic[]
}

export const maxSettingsBytes = 1_000_000

/** A broken broadside.yaml or theme keeps the last good one; the author is told and the posts go out. */
export async function readSiteFiles(
  db: Db,
  mirror: Mirror,
  site: string,
  commit: string,
  last: RevisionsTable | undefined,
): Promise<SiteFiles> {
  const lastText = last === undefined ? undefined : await textOf(db, last.settings_hash)
  const lastSettings = lastText === undefined ? undefined : (JSON.parse(lastText) as SiteSettings)
  const themeText = last === undefined ? '{}' : await textOf(db, last.theme_hash)
  const diagnostics: Diagnostic[] = []
  const given = await readSettings(mirror, commit, site, diagnostics)
  const settings = given ?? lastSettings ?? defaultSettings(site)
  const settingsText = JSON.stringify(settings)
  const settingsHash = sha256(settingsText)
  const files: SiteFiles = {
    settings,
    placingBefore: lastSettings ?? defaultSettings(site),
    settingsText,
    settingsHash,
    settingsChanged: settingsHash !== last?.settings_hash,
    datesOrAddressesChanged: lastSettings !== undefined && !samePlacing(lastSettings, settings),
    markdownChanged:
      lastSettings !== undefined &&
      JSON.stringify(markdownOptions(lastSettings)) !== JSON.stringify(markdownOptions(settings)),
    themeText,
    themeHash: last?.theme_hash ?? sha256('{}'),
    diagnostics,
    async readTheme() {
      const found = await readThemeFiles(mirror, commit, diagnostics)
      const problem = themeProblem(settings, found)
      if (problem !== undefined) {
        diagnostics.push(problem)
        return
      }
      files.themeText = JSON.stringify(Object.fromEntries(found))
      files.themeHash = sha256(files.themeText)
    },
  }
  return files
}

/** Undefined when broadside.yaml is there and cannot be taken. */
async function readSettings(
  mirror: Mirror,
  commit: string,
  site: string,
  diagnostics: Diagnostic[],
): Promise<SiteSettings | undefined> {
  const file = 'broadside.yaml'
  try {
    const bytes = await mirror.readFile(commit, file, {maxBytes: maxSettingsBytes})
    if (bytes === undefined) return defaultSettings(site)
    const parsed = parseSettings(file, bytes, site)
    diagnostics.push(...parsed.diagnostics)
    return parsed.settings
  } catch (error) {
    if (!(error instanceof BroadsideError) || error.code !== 'git.blob.too-large') throw error
    const message = 'the file is larger than 1 MB'
    const cure = 'Keep settings in it, and texts in posts and pages'
    diagnostics.push({severity: 'error', code: 'file.too-large', file, message, cure})
    return undefined
  }
}

async function textOf(db: Db, hash: string): Promise<string> {
  const row = await db.selectFrom('texts').select('body').where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) throw new BroadsideError('bug', 'ledger.text-missing', `the ledger lacks the text ${hash}`)
  return row.body
}
