import type {Service} from '@broadside/runtime'
import type {NewsletterDeps, NewsletterOptions} from './newsletter.ts'

/** Newsletter: from a live release to mails, each subscriber of an edition once. */
export function createNewsletter(
  _deps: NewsletterDeps,
  _options: Pick<NewsletterOptions, 'mailFrom'> & Partial<NewsletterOptions>,
): Service {
  return {name: 'newsletter', start: async () => undefined, stop: async () => undefined}
}
