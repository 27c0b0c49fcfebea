import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A key by which a service calls the API. Of the key itself, only the SHA-256 is stored. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: number;

  @Column('bytea')
  hash!: Buffer;

  /** The first characters of the key, by which people recognize it. They are not secret. */
  @Column('text')
  prefix!: string;

  @Column('text')
  name!: string;

  @Column('text', { array: true })
  scopes!: string[];

  /** Set for the key of a customer: its scopes reach only what belongs to this address. */
  @Column('text', { nullable: true })
  customer_email!: string | null;

  /** Id of the caller that created the key, or `cli:<user>`. */
  @Column('text')
  created_by!: string;

  @Column('timestamptz')
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  expires_at!: Date | null;

  /** A minute late or more. The use in the last minute of a process may be missing. */
  @Column('timestamptz', { nullable: true })
  last_used_at!: Date | null;

  @Column('timestamptz', { nullable: true })
  revoked_at!: Date | null;
}
