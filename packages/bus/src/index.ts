export type {Bus, BusOptions, ConsumeOptions, HandleEvents, ReceivedEvent} from './bus.ts'
