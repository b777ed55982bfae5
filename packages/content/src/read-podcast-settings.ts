import type {FieldReader} from './field-reader.ts'
import {checkedFile} from './read-meta-parts.ts'
import {readMailbox} from './read-newsletter-settings.ts'
import type {PodcastSettings} from './site-settings.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `podcast` in broadside.yaml: what the directories of podcasts ask of a feed. */
export function readPodcastSettings(reader: FieldReader): PodcastSettings | undefined {
  if (reader.keys(['podcast']) === undefined) return undefined
  const podcast: PodcastSettings = {explicit: reader.flag(['podcast', 'explicit']) ?? false}
  const author = reader.text(['podcast', 'author'], {maxLength: 200})
  if (author !== undefined) podcast.author = author
  const email = readMailbox(reader, ['podcast', 'email'])
  if (email !== undefined) podcast.email = email
  const image = reader.text(['podcast', 'image'])
  if (image !== undefined && checkedFile(image) === undefined)
    reader.refuse(
      ['podcast', 'image'],
      'is no image that can be shown',
      'Write /assets/cover.png, or a URL with https.',
    )
  else if (image !== undefined) podcast.image = image
  const category = reader.text(['podcast', 'category'], {maxLength: 100})
  if (category !== undefined) podcast.category = category
  const guid = reader.text(['podcast', 'guid'])
  if (guid !== undefined && !uuid.test(guid))
    reader.refuse(['podcast', 'guid'], 'is no UUID', 'Take it over from the old feed, or leave it out.')
  else if (guid !== undefined) podcast.guid = guid.toLowerCase()
  return podcast
}
