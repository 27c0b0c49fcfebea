import { AppError, ProblemFilter, type Logger } from '@estoque/platform';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { Deprecated } from './deprecated.decorator.js';
import { openApiDocument } from './openapi.js';

const RETIREMENT = { since: '2026-11-01', sunset: '2027-05-01' };
/** The decorator stands above or below the other ones. */
@Controller()
class TestController {
  @Deprecated(RETIREMENT)
  @Get('above')
  @ApiOperation({ operationId: 'getAbove', summary: 'Get it' })
  @ApiResponse({ status: 200, description: 'It.' })
  above(@Query('refused') isRefused?: string) {
    if (isRefused) throw new AppError('missing', 'not_there', 'It is not there.');
    return {};
  }

  @Get('below')
  @ApiOperation({ operationId: 'getBelow', summary: 'Get it' })
  @ApiResponse({ status: 200, description: 'It.' })
  @Deprecated(RETIREMENT)
  below() {
    return {};
  }

  @Get('current')
  @ApiOperation({ operationId: 'getCurrent', summary: 'Get it' })
  @ApiResponse({ status: 200, description: 'It.' })
  current() {
    return {};
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

describe('A deprecated route', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), {
      logger: false,
    });
    app.setGlobalPrefix('v1');
    app.useGlobalFilters(new ProblemFilter({} as Logger));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const answerTo = async (path: string) => {
    const { status, headers } = await fetch((await app.getUrl()) + path);
    return [status, headers.get('deprecation'), headers.get('sunset')];
  };

  it.each([
    ['/v1/above', 200],
    ['/v1/below', 200],
    ['/v1/above?refused=1', 404],
  ])('GET %s answers %i with Deprecation and Sunset', async (path, status) => {
    expect(await answerTo(path)).toEqual([status, '@1793491200', 'Sat, 01 May 2027 00:00:00 GMT']);
  });

  it.each(['above', 'below'])('is deprecated in the OpenAPI document, and keeps its summary: %s', (name) => {
    expect(openApiDocument(app).paths[`/v1/${name}`]!.get).toMatchObject({
      deprecated: true,
      'x-sunset': '2027-05-01',
      summary: 'Get it',
    });
  });

  it('leaves other routes as they are', async () => {
    expect(await answerTo('/v1/current')).toEqual([200, null, null]);
    const { get } = openApiDocument(app).paths['/v1/current']!;
    expect(get).not.toHaveProperty('deprecated');
    expect(get).not.toHaveProperty('x-sunset');
  });
});

describe('Deprecated', () => {
  it.each([
    ['2026-11-01', '2026-11-01'],
    ['2026-11-01', '2026-10-31'],
    ['2026-11-01', 'never'],
  ])('refuses the deprecation %s with the sunset %s', (since, sunset) => {
    expect(() => Deprecated({ since, sunset })).toThrow('is not after');
  });
});
