const english = {
  askHeading: 'Subscribe to {title}',
  askText: 'Leave your mail address and you get new posts by mail.',
  askField: 'Mail address',
  askButton: 'Subscribe',
  trap: 'Leave this empty',
  sentHeading: 'Look into your inbox',
  sentText:
    'If the address is right, a mail from {title} is on its way to it. Open the link in that mail to subscribe.\n\nNothing is sent to you before that.',
  addressHeading: 'That is no mail address we can write to',
  addressText: 'Look for a slip of the finger and try once more.',
  busyHeading: 'Too many sign-ups',
  busyText: 'Please try again in some minutes.',
  confirmHeading: 'Subscribe to {title}?',
  confirmText: 'One click, and new posts come to your inbox.',
  confirmButton: 'Yes, subscribe me',
  confirmedHeading: 'You are subscribed',
  confirmedText: 'The next post of {title} comes by mail. Each mail has a link to leave.',
  leaveHeading: 'Leave {title}?',
  leaveText: 'You will get no more mail from us.',
  leaveButton: 'Yes, unsubscribe me',
  leftHeading: 'You have left',
  leftText: 'No more mail of {title} will be sent to you. You can come back at any time by signing up again.',
  brokenHeading: 'This link does not work',
  brokenText: 'A part of it may be missing, or it is too old. Copy the whole link from the mail, or sign up again.',
}

export type AudienceWords = typeof english

const german: AudienceWords = {
  askHeading: '{title} abonnieren',
  askText: 'Mit einer Mailadresse kommen neue Beiträge per Mail.',
  askField: 'Mailadresse',
  askButton: 'Abonnieren',
  trap: 'Dieses Feld leer lassen',
  sentHeading: 'Ein Blick in den Posteingang',
  sentText:
    'Wenn die Adresse stimmt, ist eine Mail von {title} dorthin unterwegs. Der Link darin bestätigt das Abonnement.\n\nVorher wird nichts verschickt.',
  addressHeading: 'An diese Adresse können wir nicht schreiben',
  addressText: 'Vielleicht ein Tippfehler? Bitte noch einmal versuchen.',
  busyHeading: 'Zu viele Anmeldungen',
  busyText: 'Bitte in einigen Minuten noch einmal versuchen.',
  confirmHeading: '{title} abonnieren?',
  confirmText: 'Ein Klick, und neue Beiträge kommen in den Posteingang.',
  confirmButton: 'Ja, abonnieren',
  confirmedHeading: 'Das Abonnement ist bestätigt',
  confirmedText: 'Der nächste Beitrag von {title} kommt per Mail. In jeder Mail steht ein Link zum Abbestellen.',
  leaveHeading: '{title} abbestellen?',
  leaveText: 'Danach kommt keine Mail mehr von uns.',
  leaveButton: 'Ja, abbestellen',
  leftHeading: 'Abbestellt',
  leftText: 'Es kommt keine Mail von {title} mehr. Eine neue Anmeldung ist jederzeit möglich.',
  brokenHeading: 'Dieser Link funktioniert nicht',
  brokenText:
    'Vielleicht fehlt ein Teil, oder er ist zu alt. Bitte den ganzen Link aus der Mail kopieren oder neu anmelden.',
}

/** The words of the pages in a language (BCP 47), English where there are none, with the site's title filled in. */
export function audienceWords(language: string, title: string): AudienceWords {
  const words = /^de\b/i.test(language) ? german : english
  const filled = Object.entries(words).map(([key, text]) => [key, text.replaceAll('{title}', () => title)])
  return Object.fromEntries(filled) as AudienceWords
}
