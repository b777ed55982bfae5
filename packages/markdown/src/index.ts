export type {Fragment, FragmentPart, Heading, MarkdownOptions, ParserName, Ref, RenderOptions} from './fragment.ts'
