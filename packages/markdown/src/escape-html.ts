const escapes: Record<string, string> = {'&': '&#x26;', '"': '&#x22;', '<': '&#x3C;', '>': '&#x3E;'}

/** Text for an attribute in double quotes. */
export const escapeAttribute = (text: string) =>
  /[&"<>]/.test(text) ? text.replace(/[&"<>]/g, (character) => escapes[character] ?? character) : text

/** Text between tags. */
export const escapeText = (text: string) =>
  /[&<]/.test(text) ? text.replace(/[&<]/g, (character) => escapes[character] ?? character) : text
