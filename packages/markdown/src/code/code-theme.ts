import type {ThemeRegistrationRaw} from 'shiki/core'

/**
 * The classes code is coloured by, and the TextMate scopes that have them. Broadside gives names instead of colours:
 * one output serves light and dark, satisfies a policy without inline styles, and is restyled by CSS alone.
 */
const scopes: Record<string, string> = {
  comment: 'comment, punctuation.definition.comment',
  keyword:
    'keyword, storage, keyword.operator.new, keyword.operator.expression, keyword.operator.logical.python, ' +
    'keyword.operator.word, variable.language.this, variable.language.self, variable.language.super',
  string: 'string, punctuation.definition.string, constant.character, markup.inline.raw, meta.embedded.assertion',
  regexp: 'string.regexp, constant.other.character-class.regexp, keyword.operator.quantifier.regexp',
  number: 'constant.numeric, keyword.other.unit, constant.other.color',
  constant: 'constant.language, constant.other, support.constant, variable.other.constant, variable.other.enummember',
  function:
    'entity.name.function, support.function, meta.function-call.generic, variable.function, entity.name.command',
  type:
    'entity.name.type, entity.name.class, entity.name.namespace, entity.other.inherited-class, support.type, ' +
    'support.class, storage.type.primitive, storage.type.numeric, storage.type.built-in, storage.type.cs',
  property:
    'variable.other.property, variable.other.object.property, meta.object-literal.key, support.type.property-name, ' +
    'entity.name.tag.yaml, support.variable.property, variable.other.member',
  variable:
    'variable.parameter, variable.other.normal.shell, variable.other.bracket.shell, variable.css, variable.argument',
  tag: 'entity.name.tag, punctuation.definition.tag, meta.tag.sgml',
  attribute: 'entity.other.attribute-name',
  inserted: 'markup.inserted, punctuation.definition.inserted',
  deleted: 'markup.deleted, punctuation.definition.deleted',
  heading: 'markup.heading, entity.name.section, meta.diff.header, meta.diff.range',
  plain:
    'keyword.operator, storage.type.function.arrow, punctuation, meta.brace, string variable, meta.template.expression',
}

const colorOf = (index: number) => `#0000${(index + 1).toString(16).padStart(2, '0').toUpperCase()}`

/** A theme whose colours are numbers. */
export const codeTheme: ThemeRegistrationRaw = {
  name: 'broadside',
  type: 'light',
  fg: '#000000',
  bg: '#FFFFFF',
  settings: [
    {settings: {foreground: '#000000', background: '#FFFFFF'}},
    ...Object.values(scopes).map((list, index) => ({scope: list.split(', '), settings: {foreground: colorOf(index)}})),
  ],
}

const classes = new Map(
  Object.keys(scopes).map((name, index): [string, string] => [colorOf(index), name === 'plain' ? '' : `hl-${name}`]),
)

/** The class that one of the theme's colours stands for; empty for plain text. */
export const classOfColor = (color = ''): string => classes.get(color.toUpperCase()) ?? ''

/** All classes of coloured code, for themes. */
export const codeClasses: readonly string[] = [...classes.values()].filter(Boolean)
