/** HSDS's `max_task_count` counts inner tasks, of which one request has about this many. */
const TASKS_PER_REQUEST = 20;

/** Requests served by method, as `/info` shows them. */
export type RequestCounts = Readonly<Record<'GET' | 'POST' | 'PUT' | 'DELETE', number>>;

/** How much this process is doing. */
export class RequestLoad {
  private running = 0;
  private readonly counts = { GET: 0, POST: 0, PUT: 0, DELETE: 0 };
  private readonly runningMax: number;

  /** @param tasksMax the setting `max_task_count`; 0 for no bound */
  constructor(tasksMax: number) {
    this.runningMax = tasksMax === 0 ? Infinity : tasksMax * TASKS_PER_REQUEST;
  }

  /** Requests whose answer is not finished. */
  get active(): number {
    return this.running;
  }

  /** How many run at once, the others wait for their turn; Infinity for no bound. */
  get activeMax(): number {
    return this.runningMax;
  }

  /** Probes and service information not counted. */
  get served(): RequestCounts {
    return this.counts;
  }

  begin(): void {
    this.running += 1;
  }

  end(method: string, counted: boolean): void {
    this.running -= 1;
    if (counted && Object.hasOwn(this.counts, method)) {
      this.counts[method as keyof RequestCounts] += 1;
    }
  }
}
