import type {SiteSettings} from '@broadside/content'
import type {MarkdownOptions} from '@broadside/markdown'

/**
 * The Markdown options of a post or page: the site's, in the document's own language where it names one. The key of its
 * fragment and its rendering must have the same.
 */
export function markdownOptions(settings: SiteSettings, language = settings.language): MarkdownOptions {
  return {language, ...settings.markdown}
}
