import type {Diagnostic} from '@broadside/content'

/** What an author is told of a document that took more than its share. */

export function tooLarge(file: string, bytes: number, maxBytes: number): Diagnostic {
  const message = `${file} has ${bytes} bytes of Markdown; ${maxBytes} are allowed.`
  return problem(
    'markdown.too-large',
    file,
    message,
    'Split it into several posts, or publish data as a file beside it.',
  )
}

export function overBudget(file: string, budgetMs: number): Diagnostic {
  return problem(
    'markdown.over-budget',
    file,
    `${file} took longer than ${budgetMs} ms to render and was stopped.`,
    'Look for very many brackets, asterisks, quotes or HTML tags in one paragraph, and split or quote them as code.',
  )
}

export function crashed(file: string, memoryMb: number): Diagnostic {
  return problem(
    'markdown.crashed',
    file,
    `${file} ended the renderer twice: it is nested too deeply or needs more than ${memoryMb} MB.`,
    'Look for very deep nesting of lists, quotes or HTML, or split the file.',
  )
}

function problem(code: string, file: string, message: string, cure: string): Diagnostic {
  return {severity: 'error', code, file, message, cure}
}
