/** Codes of what can be wrong with data in a file, by the kind of file. Permanent, and listed in docs/errors.md. */
export type FieldCodes = {
  syntax: string
  nesting: string
  duplicateKey: string
  unknownKey: string
  wrongType: string
  badValue: string
}

export const frontMatterCodes: FieldCodes = {
  syntax: 'front-matter.syntax',
  nesting: 'front-matter.nesting',
  duplicateKey: 'front-matter.duplicate-key',
  unknownKey: 'front-matter.unknown-key',
  wrongType: 'front-matter.wrong-type',
  badValue: 'front-matter.bad-value',
}

export const settingsCodes: FieldCodes = {
  syntax: 'settings.syntax',
  nesting: 'settings.nesting',
  duplicateKey: 'settings.duplicate-key',
  unknownKey: 'settings.unknown-key',
  wrongType: 'settings.wrong-type',
  badValue: 'settings.bad-value',
}

export const redirectsCodes: FieldCodes = {
  syntax: 'redirects.syntax',
  nesting: 'redirects.nesting',
  duplicateKey: 'redirects.duplicate-key',
  unknownKey: 'redirects.unknown-key',
  wrongType: 'redirects.wrong-type',
  badValue: 'redirects.bad-value',
}
