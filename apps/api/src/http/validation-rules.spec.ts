import { getMetadataStorage, IsInt, Max, Min, validateSync } from 'class-validator';
import { cacheValidationRules } from './validation-rules.js';

class Amount {
  @Min(1)
  @IsInt()
  value: unknown = 0;

  @Max(10, { groups: ['small'] })
  size = 11;
}

class Discount extends Amount {
  @Max(100)
  rate = 101;
}

const storage = getMetadataStorage();
const rulesOf = (target: typeof Amount) => storage.getTargetValidationMetadatas(target, '', false, false);
const violationsOf = (object: object, groups?: string[]) =>
  validateSync(object, { groups }).map(({ property, constraints }) => [
    property,
    ...Object.keys(constraints ?? {}).toSorted(),
  ]);

describe('cacheValidationRules', () => {
  it('finds the rules of a class once, those of the classes that it extends included', () => {
    const uncached = [rulesOf(Amount), rulesOf(Discount)];
    cacheValidationRules();
    cacheValidationRules();
    expect([rulesOf(Amount), rulesOf(Discount)]).toEqual(uncached);
    expect(rulesOf(Discount)).toBe(rulesOf(Discount));
    expect(rulesOf(Amount)).not.toEqual(rulesOf(Discount));
    expect(storage.groupByPropertyName(rulesOf(Amount))).toBe(storage.groupByPropertyName(rulesOf(Amount)));
  });

  it('changes no result', () => {
    for (let time = 0; time < 2; time++) {
      expect(violationsOf(new Amount())).toEqual([
        ['value', 'min'],
        ['size', 'max'],
      ]);
      expect(violationsOf(new Discount())).toEqual([
        ['rate', 'max'],
        ['value', 'min'],
        ['size', 'max'],
      ]);
      const discount = Object.assign(new Discount(), { value: 'x', size: 1, rate: 1 });
      expect(violationsOf(discount)).toEqual([['value', 'isInt', 'min']]);
      expect(violationsOf(new Amount(), ['small'])).toEqual([['size', 'max']]);
    }
  });
});
