import {BroadsideError, readSiteConfig, siteVariable} from '@broadside/runtime'
import {z} from 'zod'
import type {Objects} from './objects.ts'
import {objectsBySite} from './objects-by-site.ts'
import {parseObjectsUrl} from './objects-url.ts'
import {openObjects} from './open-objects.ts'

/** What the operator sets for the files of one site, each behind `BROADSIDE_SITE_<NAME>_`. */
export const objectsSiteConfig = {
  OBJECTS_URL: z
    .string()
    .superRefine((url, context) => {
      try {
        parseObjectsUrl(url)
      } catch (error) {
        context.addIssue({code: 'custom', message: (error as Error).message})
      }
    })
    .optional()
    .describe('where the files of the site go that is to have a folder or bucket of its own; as OBJECTS_URL'),
  OBJECTS_KEY_ID: z.string().optional().describe('the key for S3 there; else AWS_ACCESS_KEY_ID'),
  OBJECTS_SECRET: z.string().optional().describe('and its secret; else AWS_SECRET_ACCESS_KEY'),
}

export type SiteObjectsOptions = {
  env: Record<string, string | undefined>
  /** The site whose settings hold for a name that stands in keys: a preview lies beside its site. */
  ownerOf?: (name: string) => string
}

/**
 * Opens the objects of an installation: those of all sites at `url`, and of each that has an `OBJECTS_URL` of its own
 * there, when they are first needed. What is set for a site counts from the start of the process.
 *
 * @throws BroadsideError what `openObjects` throws; calls for a site throw `config.invalid` (invalid) as well.
 */
export async function openSiteObjects(
  url: string,
  {env, ownerOf = (name) => name}: SiteObjectsOptions,
): Promise<Objects> {
  const common = await openObjects(url)
  const isAnySet = Object.keys(env).some((name) => /^BROADSIDE_SITE_.+_OBJECTS_URL(_FILE)?$/.test(name))
  if (!isAnySet) return common
  return objectsBySite(common, (name) => {
    const site = ownerOf(name)
    const {OBJECTS_URL: own, OBJECTS_KEY_ID: id, OBJECTS_SECRET: secret} = readSiteConfig(objectsSiteConfig, site, env)
    if (own === undefined) return undefined
    if (id === undefined && secret === undefined) return openObjects(own)
    if (id === undefined || secret === undefined) throw halfOfAKey(site)
    return openObjects(own, {credentials: {accessKeyId: id, secretAccessKey: secret}})
  })
}

function halfOfAKey(site: string): BroadsideError {
  const names = [siteVariable(site, 'OBJECTS_KEY_ID'), siteVariable(site, 'OBJECTS_SECRET')]
  return new BroadsideError('invalid', 'config.invalid', `${names.join(' and ')} go together`, {
    hint: '.env.example shows each variable',
  })
}
