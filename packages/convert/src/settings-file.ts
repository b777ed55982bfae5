import {parseSettings} from '@broadside/content'
import {stringify} from 'yaml'
import type {ForeignSettings} from './foreign-site.ts'

const permalink = '/posts/:slug/'

export type SettingsFile = {
  /** `broadside.yaml` */
  text: string
  /** The settings that stand in it. */
  read: ForeignSettings
  /** Those that Broadside would not take. */
  dropped: (keyof ForeignSettings)[]
}

/** `broadside.yaml` of what a tool said of its site; what Broadside would not take is left out. */
export function settingsFile(given: ForeignSettings): SettingsFile {
  let settings = oneLine(given)
  const dropped: SettingsFile['dropped'] = []
  for (;;) {
    const {title = 'Untitled', tagline, description, language, timezone, authors, navigation} = settings
    const written = {
      title,
      tagline,
      description,
      language,
      timezone,
      permalink: settings.permalink ?? permalink,
      authors,
      navigation,
    }
    const text = stringify(Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)), {
      lineWidth: 0,
    })
    const {diagnostics} = parseSettings('broadside.yaml', Buffer.from(text))
    const bad = diagnostics.find(({severity}) => severity === 'error')
    const key = bad === undefined ? undefined : keyAt(text, bad.line)
    if (key === undefined || settings[key] === undefined) return {text, read: settings, dropped}
    dropped.push(key)
    const {[key]: _, ...rest} = settings
    settings = rest
  }
}

/** The key at the left edge that a line of the file belongs to. */
function keyAt(text: string, line = 1): keyof ForeignSettings | undefined {
  const key = text
    .split('\n')
    .slice(0, line)
    .findLast((one) => /^\w/.test(one))
  return key?.split(':')[0] as keyof ForeignSettings | undefined
}

function oneLine(settings: ForeignSettings): ForeignSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim() : value,
    ]),
  )
}
