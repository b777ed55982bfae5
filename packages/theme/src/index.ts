export type * from './models.ts'
export {createTheme, type Theme, type ThemeOptions} from './create-theme.ts'
export {createWords, type WordParams, type Words} from './create-words.ts'
export {formatDate} from './format-date.ts'
