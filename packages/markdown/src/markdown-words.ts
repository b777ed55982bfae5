/** The words that rendering itself puts into a page. */
export type MarkdownWords = {
  /** Heading of the footnotes, for screen readers. */
  footnotes: string
  /** Label of the link from a footnote back to its mark; `{reference}` becomes its number. */
  footnoteBack: string
  note: string
  tip: string
  important: string
  warning: string
  caution: string
  /** Labels of the boxes of a task list. */
  taskDone: string
  taskOpen: string
  /** Label of the link from a heading to itself; `{heading}` becomes its text. */
  headingLink: string
  /** What follows a link to a video or recording shown elsewhere; `{host}` becomes its name. */
  embedOn: string
}

const english: MarkdownWords = {
  footnotes: 'Footnotes',
  footnoteBack: 'Back to reference {reference}',
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
  taskDone: 'Done',
  taskOpen: 'To do',
  headingLink: 'Link to this section: {heading}',
  embedOn: 'on {host}',
}

const german: MarkdownWords = {
  footnotes: 'Fußnoten',
  footnoteBack: 'Zurück zu Verweis {reference}',
  note: 'Hinweis',
  tip: 'Tipp',
  important: 'Wichtig',
  warning: 'Warnung',
  caution: 'Vorsicht',
  taskDone: 'Erledigt',
  taskOpen: 'Offen',
  headingLink: 'Link zu diesem Abschnitt: {heading}',
  embedOn: 'auf {host}',
}

const languages: Record<string, MarkdownWords> = {en: english, de: german}

/** The words of a language, or English ones, with the site's own over them. `de-AT` has those of `de`. */
export function markdownWords(language = 'en', own: Partial<MarkdownWords> = {}): MarkdownWords {
  return {...(languages[language.split('-')[0]!.toLowerCase()] ?? english), ...own}
}
