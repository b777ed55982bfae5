export type * from './models.ts'
export type {CreateTheme, Theme, ThemeOptions} from './theme.ts'
