import {kindOfPath, type Diagnostic, type SiteSettings} from '@broadside/content'
import type {Mirror} from '@broadside/git'
import {BroadsideError} from '@broadside/runtime'
import {createTheme} from '@broadside/theme'

const maxThemeFileBytes = 1_000_000

/** The files of `theme/` by their name there; what is no regular file of a fit size is left out, and told. */
export async function readThemeFiles(
  mirror: Mirror,
  commit: string,
  diagnostics: Diagnostic[],
): Promise<Map<string, string>> {
  const theme = new Map<string, string>()
  for await (const {path, mode, oid, size} of mirror.listTree(commit)) {
    if (kindOfPath(path) !== 'theme') continue
    if (mode === '120000' || mode === '160000' || size > maxThemeFileBytes) {
      const message = 'it is no regular file of at most 1 MB, and is left out of the theme'
      diagnostics.push({severity: 'error', code: 'file.refused', file: path, message})
      continue
    }
    theme.set(path.slice('theme/'.length), Buffer.from(await mirror.readBlob(oid)).toString('utf8'))
  }
  return theme
}

/** Why no page can be built with this theme, for its author; undefined when all of it compiles. */
export function themeProblem(settings: SiteSettings, files: ReadonlyMap<string, string>): Diagnostic | undefined {
  try {
    createTheme({language: settings.language, variables: settings.theme.variables, overrides: files})
    return undefined
  } catch (error) {
    if (!(error instanceof BroadsideError) || error.kind !== 'invalid') throw error
    const {file, line, column} = (error.details ?? {}) as {file?: string; line?: number; column?: number}
    const place = file === undefined || line === undefined ? file : `${file}:${line}:${column}`
    const reason = error.message.startsWith(`${place}: `) ? error.message.slice(`${place}: `.length) : error.message
    return {
      severity: 'error',
      code: error.code,
      file: file ?? 'theme',
      ...(line === undefined ? {} : {line}),
      ...(column === undefined ? {} : {column}),
      message: `${reason}; the theme stays as it was`,
      ...(error.hint === undefined ? {} : {cure: error.hint}),
    }
  }
}
