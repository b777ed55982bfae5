import {lezer} from './lezer.ts'

const {tagHighlighter, tags} = lezer('highlight')
const {definition, function: called, special} = tags

/** Broadside's classes for what Lezer's parsers name. What is not here is plain: names, operators, brackets. */
export const codeTags = tagHighlighter([
  {tag: tags.comment, class: 'hl-comment'},
  {tag: [tags.keyword, tags.meta, tags.processingInstruction, special(tags.brace)], class: 'hl-keyword'},
  {tag: [tags.string, tags.character, tags.attributeValue, tags.escape], class: 'hl-string'},
  {tag: tags.regexp, class: 'hl-regexp'},
  {tag: [tags.number, tags.unit, tags.color], class: 'hl-number'},
  {tag: [tags.bool, tags.null, tags.atom, tags.constant(tags.variableName)], class: 'hl-constant'},
  {
    tag: [
      called(tags.variableName),
      called(definition(tags.variableName)),
      called(tags.propertyName),
      called(definition(tags.propertyName)),
      tags.macroName,
    ],
    class: 'hl-function',
  },
  {tag: [tags.typeName, tags.className, tags.namespace], class: 'hl-type'},
  {tag: tags.propertyName, class: 'hl-property'},
  {tag: tags.tagName, class: 'hl-tag'},
  {tag: tags.attributeName, class: 'hl-attribute'},
])
