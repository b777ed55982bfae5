import {readConfig, type ConfigShape} from './config.ts'
import {BroadsideError} from './errors.ts'
import type {z} from 'zod'

/** The variable of one site: `siteVariable('field-notes', 'WEBHOOK_SECRET')` is `BROADSIDE_SITE_FIELD_NOTES_WEBHOOK_SECRET`. */
export function siteVariable(site: string, name: string): string {
  return `BROADSIDE_SITE_${site.replaceAll('-', '_').toUpperCase()}_${name}`
}

/**
 * Reads what the operator has set for one site; `shape` names the variables without the part that names the site. Sites
 * come and go while a service runs, so this is asked when something is to be done for a site, and a file that is
 * mounted anew counts from then on.
 *
 * @throws BroadsideError `config.invalid` (invalid) with the variables to set.
 */
export function readSiteConfig<Shape extends ConfigShape>(
  shape: Shape,
  site: string,
  env: Record<string, string | undefined>,
): z.infer<z.ZodObject<Shape>> {
  if (!/^[a-z0-9-]{1,40}$/.test(site)) {
    throw new BroadsideError('invalid', 'config.invalid', `${JSON.stringify(site)} is no name of a site`)
  }
  const names = Object.keys(shape)
  const named = names.map((name) => [siteVariable(site, name), shape[name]] as const)
  const values = readConfig(Object.fromEntries(named) as ConfigShape, env)
  return Object.fromEntries(names.map((name) => [name, values[siteVariable(site, name)]])) as z.infer<
    z.ZodObject<Shape>
  >
}
