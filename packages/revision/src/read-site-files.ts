import {defaultSettings, kindOfPath, parseSettings, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import type {Db, RevisionsTable} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {markdownOptions} from './markdown-options.ts'
import {sha256} from './sha256.ts'

/** What a revision takes from the files that speak for the whole site. */
export type SiteFiles = {
  settings: SiteSettings
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

const maxSettingsBytes = 1_000_000

/** A broken broadside.yaml keeps the last good one; the author is told and the posts go out. */
export async function readSiteFiles(
  db: Db,
  mirror: Mirror,
  site: string,
  commit: string,
  last: RevisionsTable | undefined,
): Promise<SiteFiles> {
  const lastText = last === undefined ? undefined : await textOf(db, last.settings_hash)
  const lastSettings = lastText === undefined ? undefined : (JSON.parse(lastText) as SiteSettings)
  const bytes = await mirror.readFile(commit, 'broadside.yaml', {maxBytes: maxSettingsBytes})
  const parsed =
    bytes === undefined
      ? {settings: defaultSettings(site), diagnostics: []}
      : parseSettings('broadside.yaml', bytes, site)
  const settings = parsed.settings ?? lastSettings ?? defaultSettings(site)
  const settingsText = JSON.stringify(settings)
  const settingsHash = sha256(settingsText)
  const files: SiteFiles = {
    settings,
    settingsText,
    settingsHash,
    settingsChanged: settingsHash !== last?.settings_hash,
    datesOrAddressesChanged:
      lastSettings !== undefined &&
      (lastSettings.timezone !== settings.timezone || lastSettings.permalink !== settings.permalink),
    markdownChanged:
      lastSettings !== undefined &&
      JSON.stringify(markdownOptions(lastSettings)) !== JSON.stringify(markdownOptions(settings)),
    themeText: last === undefined ? '{}' : await textOf(db, last.theme_hash),
    themeHash: last?.theme_hash ?? sha256('{}'),
    diagnostics: parsed.diagnostics,
    async readTheme() {
      files.themeText = await readThemeFiles(mirror, commit, files.diagnostics)
      files.themeHash = sha256(files.themeText)
    },
  }
  return files
}

async function readThemeFiles(mirror: Mirror, commit: string, diagnostics: Diagnostic[]): Promise<string> {
  const theme: Record<string, string> = {}
  for await (const {path, mode, oid, size} of mirror.listTree(commit)) {
    if (kindOfPath(path) !== 'theme') continue
    if (mode === '120000' || mode === '160000' || size > maxSettingsBytes) {
      const message = 'it is no regular file of at most 1 MB, and is left out of the theme'
      diagnostics.push({severity: 'error', code: 'file.refused', file: path, message})
      continue
    }
    theme[path.slice('theme/'.length)] = Buffer.from(await mirror.readBlob(oid)).toString('utf8')
  }
  return JSON.stringify(theme)
}

async function textOf(db: Db, hash: string): Promise<string> {
  const row = await db.selectFrom('texts').select('body').where('hash', '=', hash).executeTakeFirst()
  if (row === undefined) throw new BroadsideError('bug', 'ledger.text-missing', `the ledger lacks the text ${hash}`)
  return row.body
}
