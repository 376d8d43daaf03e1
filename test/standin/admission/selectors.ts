import { own, type StringMap } from '../api/objects.ts';

/** A LabelSelector of the API. An empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<StringMap>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export function selectsLabels(selector: LabelSelector, labels: Readonly<StringMap> = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const equal = Object.entries(matchLabels).every(([key, value]) => own(labels, key) === value);
  return equal && matchExpressions.every((requirement) => isMet(requirement, own(labels, requirement.key)));
}

function isMet({ operator, values = [] }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
  }
}
