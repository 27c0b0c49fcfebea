import { getMetadataStorage } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Rules = ReturnType<Storage['getTargetValidationMetadatas']>;
type RulesByField = ReturnType<Storage['groupByPropertyName']>;

let isCached = false;

/**
 * Keeps the rules of each class after their first use. class-validator looks through the rules of all classes for each
 * object that it validates, of which an order with two items has four. Every further class made it slower; without that,
 * the validation of such an order takes half the time.
 *
 * The rules of a class are those of its decorators and of the classes that it extends, so they are complete before the
 * first object is validated. The name of a schema, which class-validator passes for nested objects, does not change the
 * rules of a class. Validation with groups is not cached; the api does not use them.
 */
export function cacheValidationRules() {
  if (isCached) return;
  isCached = true;
  const storage = getMetadataStorage();
  const findRules = storage.getTargetValidationMetadatas.bind(storage);
  const groupRules = storage.groupByPropertyName.bind(storage);
  const rulesByClass = new WeakMap<object, Rules>();
  const groupedRules = new WeakMap<Rules, RulesByField>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (always || strictGroups || groups) return findRules(target, schema, always, strictGroups, groups);
    return cached(rulesByClass, target, () => findRules(target, schema, always, strictGroups));
  };
  storage.groupByPropertyName = (rules) => cached(groupedRules, rules, () => groupRules(rules));
}

function cached<Key extends object, Value>(cache: WeakMap<Key, Value>, key: Key, create: () => Value): Value {
  let value = cache.get(key);
  if (value === undefined) {
    value = create();
    cache.set(key, value);
  }
  return value;
}
