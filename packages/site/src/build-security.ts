import {addressOf} from './place.ts'
import type {SiteContext} from './site-context.ts'

/** `security.txt` (RFC 9116); undefined where the settings name no contact. */
export function buildSecurity({view, urls}: SiteContext): string | undefined {
  const {security, language} = view.settings
  if (security === undefined) return undefined
  const lines = [
    ...security.contact.map((contact) => `Contact: ${contact}`),
    `Expires: ${new Date(security.expires).toISOString()}`,
    ...(security.policy === undefined ? [] : [`Policy: ${security.policy}`]),
    `Preferred-Languages: ${language}`,
    `Canonical: ${urls.absolute(addressOf({kind: 'security'}))}`,
  ]
  return `${lines.join('\n')}\n`
}
