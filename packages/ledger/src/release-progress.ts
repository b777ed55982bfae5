import {encoderVersion} from '@broadside/images'
import {sql} from 'kysely'
import type {Db} from './open-ledger.ts'
import type {ReleasesTable} from './tables.ts'

export type ReleaseProgress = {
  /** Outputs that are where they belong, of those that were planned. */
  settled: number
  planned: number
  /** Images whose variants there are, of those that the release shows in several sizes. */
  imagesMade: number
  images: number
}

/** How far a release is with putting its files. Images are made while their part waits, so that they are counted alone. */
export async function releaseProgress(db: Db, {site, number}: ReleasesTable): Promise<ReleaseProgress> {
  const outputs = db.selectFrom('release_outputs').where('site', '=', site).where('release', '=', number)
  const files = await outputs
    .select([
      (e) => e.fn.countAll<number>().as('planned'),
      sql<number>`coalesce(sum(state <> 'planned'), 0)`.as('settled'),
    ])
    .executeTakeFirstOrThrow()
  // `/media/<first 12 digits of the source's hash>/v1/480.avif`
  const shown = outputs
    .select(sql<string>`substr(address, 8, 12)`.as('prefix'))
    .distinct()
    .where('kind', '=', 'variant')
    .where('state', '!=', 'gone')
    .as('shown')
  const made = sql<number>`exists (select 1 from image_files f where f.site = ${site} and f.source >= shown.prefix
    and f.source < shown.prefix || 'g' and f.recipe like ${`%-${encoderVersion}.webp`})`
  const images = await db
    .selectFrom(shown)
    .select([(e) => e.fn.countAll<number>().as('images'), sql<number>`coalesce(sum(${made}), 0)`.as('made')])
    .executeTakeFirstOrThrow()
  return {
    settled: Number(files.settled),
    planned: Number(files.planned),
    imagesMade: Number(images.made),
    images: Number(images.images),
  }
}

/** `release 3 is putting: 12 of 40 files are there, 3 of 10 images made` */
export function describeProgress(release: ReleasesTable, progress: ReleaseProgress): string {
  const {settled, planned, imagesMade, images} = progress
  const parts = [
    ...(planned === 0 ? [] : [`${settled} of ${planned} files are there`]),
    ...(images === 0 || imagesMade === images ? [] : [`${imagesMade} of ${images} images made`]),
  ]
  const state = `release ${release.number} is ${release.state}`
  return parts.length === 0 ? state : `${state}: ${parts.join(', ')}`
}
