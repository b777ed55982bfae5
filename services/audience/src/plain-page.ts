import type {FieldModel} from '@broadside/theme'
import type {Page} from './create-pages.ts'

/** A page in no look at all, where a site has none yet or its theme cannot be used. */
export function plainPage({heading, text, action, fields = [], button, links = []}: Page, language: string): string {
  const parts = text.split('\n\n').map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`)
  if (action !== undefined) {
    const inputs = fields.map(fieldHtml).join('\n')
    const press = `<button>${escapeHtml(button ?? heading)}</button>`
    parts.push(`<form method="post" action="${escapeHtml(action)}">${inputs}${press}</form>`)
  }
  parts.push(...links.map(({url, label}) => `<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`))
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${escapeHtml(heading)}</title></head>
<body><main><h1>${escapeHtml(heading)}</h1>
${parts.join('\n')}</main></body>
</html>
`
}

function fieldHtml({name, label = '', type, value = '', required, checked, options = []}: FieldModel): string {
  const named = escapeHtml(label)
  if (type === 'note') return `<p>${named}</p>`
  if (type === 'select') {
    const choices = options.map((one) => `<option${one === value ? ' selected' : ''}>${escapeHtml(one)}</option>`)
    return `<p><label>${named} <select name="${escapeHtml(name)}">${choices.join('')}</select></label></p>`
  }
  const marks = `${required === true ? ' required' : ''}${checked === true ? ' checked' : ''}`
  const input = `<input type="${type}" name="${escapeHtml(name)}" value="${escapeHtml(value)}"${marks}>`
  if (type === 'hidden') return input
  const isChoice = type === 'checkbox' || type === 'radio'
  return `<p><label>${isChoice ? `${input} ${named}` : `${named} ${input}`}</label></p>`
}

function escapeHtml(text: string): string {
  const named: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}
  return text.replaceAll(/[&<>"']/g, (character) => named[character]!)
}
