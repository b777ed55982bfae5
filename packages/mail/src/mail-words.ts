/** What a mail says of itself in one language. */
export type MailWords = {
  readOnWeb: string
  readRest: string
  why: (site: string) => string
  unsubscribe: string
  preferences: string
  digestSubject: (first: string, more: number) => string
  by: (authors: string) => string
  footnotes: string
  correctionSubject: (subject: string) => string
  correctionOf: (day: string) => string
  image: string
  confirmSubject: (site: string) => string
  confirmAsk: (site: string) => string
  confirmButton: string
  confirmIgnore: string
  failureSubject: (site: string) => string
  failureTold: (commit: string, site: string) => string
  failureWhy: (site: string) => string
}

const languages: Record<string, MailWords> = {
  en: {
    readOnWeb: 'Read on the web',
    readRest: 'Read the rest on the web',
    why: (site) => `You get this mail because you subscribed to ${site}.`,
    unsubscribe: 'Unsubscribe',
    preferences: 'Choose what you get',
    digestSubject: (first, more) => `${first}, and ${more} more`,
    by: (authors) => `by ${authors}`,
    footnotes: 'Footnotes',
    correctionSubject: (subject) => `Correction: ${subject}`,
    correctionOf: (day) => `Correction of the mail of ${day}.`,
    image: 'Image',
    confirmSubject: (site) => `Confirm your subscription to ${site}`,
    confirmAsk: (site) => `Somebody, we hope you, asked for mail from ${site} to this address. Is that right?`,
    confirmButton: 'Yes, subscribe me',
    confirmIgnore: 'If it was not you, do nothing: you will get no mail.',
    failureSubject: (site) => `Not all of your push to ${site} is published`,
    failureTold: (commit, site) => `Something in your commit ${commit} could not be published on ${site}:`,
    failureWhy: (site) => `You get this mail because you wrote the commit, and ${site} tells its authors of failures.`,
  },
  de: {
    readOnWeb: 'Im Web lesen',
    readRest: 'Im Web weiterlesen',
    why: (site) => `Du bekommst diese Mail, weil du ${site} abonniert hast.`,
    unsubscribe: 'Abmelden',
    preferences: 'Auswählen, was kommt',
    digestSubject: (first, more) => `${first} und ${more === 1 ? 'ein weiterer Beitrag' : `${more} weitere Beiträge`}`,
    by: (authors) => `von ${authors}`,
    footnotes: 'Fußnoten',
    correctionSubject: (subject) => `Berichtigt: ${subject}`,
    correctionOf: (day) => `Berichtigung der Mail vom ${day}.`,
    image: 'Bild',
    confirmSubject: (site) => `Bitte bestätige dein Abo von ${site}`,
    confirmAsk: (site) => `Jemand, hoffentlich du, möchte Mails von ${site} an diese Adresse. Stimmt das?`,
    confirmButton: 'Ja, ich möchte sie',
    confirmIgnore: 'Wenn du das nicht warst, tu nichts: Dann kommt keine Mail.',
    failureSubject: (site) => `Dein Push für ${site} ist nicht ganz veröffentlicht`,
    failureTold: (commit, site) => `Etwas in deinem Commit ${commit} konnte auf ${site} nicht veröffentlicht werden:`,
    failureWhy: (site) => `Du bekommst diese Mail, weil der Commit von dir ist und ${site} Fehler per Mail meldet.`,
  },
}

/** The words of a language (BCP 47, by its first part), English where there are none. */
export function mailWords(language: string): MailWords {
  const [primary = 'en'] = language.toLowerCase().split('-')
  return (Object.hasOwn(languages, primary) ? languages[primary] : undefined) ?? (languages['en'] as MailWords)
}

/** The subject of a mail that corrects one with the given subject. */
export function correctionSubject(subject: string, language: string): string {
  return mailWords(language).correctionSubject(subject)
}

/** A day in words. `date` begins with `YYYY-MM-DD`; anything else comes back as it is. */
export function longDate(date: string, language: string): string {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return date
  const options = {dateStyle: 'long', timeZone: 'UTC'} as const
  try {
    return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options).format(day)
  } catch {
    return new Intl.DateTimeFormat('en-GB', options).format(day)
  }
}
